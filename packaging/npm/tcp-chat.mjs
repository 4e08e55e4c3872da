#!/usr/bin/env node
import { launch } from "./launcher.mjs";

launch("client.js");
