/**
 * The version of the schema that a server must know to read a snapshot of another one. Later migrations only add
 * tables, which earlier servers do without, where they are not there; raise it for one that does more to tables that
 * servers share.
 */
export const SNAPSHOT_SCHEMA = 18;

/**
 * The schema as migrations, which never change once released: a database's `user_version` is the
 * number of migrations applied to it.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE hashes (
     path        TEXT    PRIMARY KEY,
     size        INTEGER NOT NULL,
     modified_ms INTEGER NOT NULL,
     changed_ms  INTEGER NOT NULL,
     inode       INTEGER NOT NULL,
     sha256      TEXT    NOT NULL
   ) WITHOUT ROWID`,
  // The last number of a room outlives its messages; an event is the JSON of its EVNT frame
  `CREATE TABLE rooms (
     room      TEXT    PRIMARY KEY,
     seq       INTEGER NOT NULL,
     spoken_ms INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE messages (
     room  TEXT    NOT NULL,
     seq   INTEGER NOT NULL,
     event TEXT    NOT NULL,
     PRIMARY KEY (room, seq)
   ) WITHOUT ROWID`,
  // The subject of a nick ban is folded; a ban without `expires_ms` is permanent
  `CREATE TABLE bans (
     kind       TEXT    NOT NULL CHECK (kind IN ('address', 'nick')),
     subject    TEXT    NOT NULL,
     since_ms   INTEGER NOT NULL,
     expires_ms INTEGER,
     reason     TEXT    NOT NULL,
     PRIMARY KEY (kind, subject)
   ) WITHOUT ROWID`,
  `CREATE TABLE accounts (
     name_key   TEXT    PRIMARY KEY,
     name       TEXT    NOT NULL,
     role       TEXT    NOT NULL CHECK (role IN ('member', 'admin')),
     rights     TEXT,
     salt       BLOB    NOT NULL,
     iterations INTEGER NOT NULL,
     stored_key BLOB    NOT NULL,
     server_key BLOB    NOT NULL,
     created_ms INTEGER NOT NULL,
     revision   INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE account_settings (
     only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
     secret     BLOB    NOT NULL,
     iterations INTEGER NOT NULL,
     revision   INTEGER NOT NULL
   )`,
  // A room without a topic has NULL in all three
  `ALTER TABLE rooms ADD COLUMN topic TEXT;
   ALTER TABLE rooms ADD COLUMN topic_from TEXT;
   ALTER TABLE rooms ADD COLUMN topic_ms INTEGER`,
  // A number is never used again: one that was removed must not remove another message
  `CREATE TABLE kept_messages (
     number   INTEGER PRIMARY KEY AUTOINCREMENT,
     owner    TEXT    NOT NULL,
     event    TEXT    NOT NULL,
     until_ms INTEGER NOT NULL
   );
   CREATE INDEX kept_messages_by_owner ON kept_messages (owner)`,
  // The network that a message came from; NULL in those from before
  `ALTER TABLE kept_messages ADD COLUMN network TEXT;
   CREATE INDEX kept_messages_by_network ON kept_messages (network)`,
  `CREATE INDEX kept_messages_by_end ON kept_messages (until_ms)`,
  // A pair of network and account, as a digest
  `CREATE TABLE known_logins (
     pair     BLOB    PRIMARY KEY,
     until_ms INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX known_logins_by_end ON known_logins (until_ms)`,
  // A link without `creator` was made on the machine itself; without `count` it has no claims
  `CREATE TABLE links (
     id          TEXT    PRIMARY KEY,
     path        TEXT    NOT NULL,
     true_path   TEXT    NOT NULL,
     kind        TEXT    NOT NULL CHECK (kind IN ('get', 'put')),
     salt        BLOB    NOT NULL,
     iterations  INTEGER NOT NULL,
     stored_key  BLOB    NOT NULL,
     server_key  BLOB    NOT NULL,
     creator     TEXT,
     creator_ms  INTEGER,
     created_ms  INTEGER NOT NULL,
     expires_ms  INTEGER NOT NULL,
     count       INTEGER,
     claims_left INTEGER,
     note        TEXT,
     used_ms     INTEGER,
     revoked_ms  INTEGER
   ) WITHOUT ROWID;
   CREATE TABLE link_claims (
     link     TEXT    NOT NULL,
     claim    TEXT    NOT NULL,
     until_ms INTEGER NOT NULL,
     PRIMARY KEY (link, claim)
   ) WITHOUT ROWID;
   CREATE INDEX link_claims_by_end ON link_claims (until_ms)`,
  `CREATE INDEX hashes_by_sha256 ON hashes (sha256)`,
  // A link without `size_bytes` takes any number of bytes
  `ALTER TABLE links ADD COLUMN size_bytes INTEGER;
   ALTER TABLE links ADD COLUMN bytes_left INTEGER`,
  // The log of the cluster that this database belongs to, and up to where it is applied. Numbers of
  // new rooms follow `room_floor`: the highest number of the rooms that were forgotten
  `CREATE TABLE cluster (
     only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
     name       TEXT    NOT NULL,
     epoch      TEXT    NOT NULL,
     server     TEXT    NOT NULL,
     applied    INTEGER NOT NULL,
     chain      BLOB    NOT NULL,
     room_floor INTEGER NOT NULL
   );
   CREATE TABLE chains (
     place INTEGER PRIMARY KEY,
     chain TEXT    NOT NULL
   );
   CREATE TABLE origins (
     incarnation TEXT    PRIMARY KEY,
     n           INTEGER NOT NULL,
     gone        INTEGER
   ) WITHOUT ROWID;
   CREATE TABLE servers (
     id          TEXT    PRIMARY KEY,
     host        TEXT    NOT NULL,
     port        INTEGER NOT NULL,
     fingerprint TEXT,
     place       INTEGER NOT NULL
   ) WITHOUT ROWID`,
  // The files of several servers: `sort` is the name in UTF-16, a folder has no `sha256`. The copies
  // are those that servers hold; the holdings are those of this one, which is alone in having that table
  `CREATE TABLE catalogue (
     id       INTEGER PRIMARY KEY AUTOINCREMENT,
     parent   INTEGER NOT NULL,
     name     TEXT    NOT NULL,
     sort     BLOB    NOT NULL,
     fold     TEXT    NOT NULL,
     size     INTEGER NOT NULL,
     mtime_ms INTEGER NOT NULL,
     sha256   TEXT,
     exec     INTEGER NOT NULL
   );
   CREATE UNIQUE INDEX catalogue_by_fold ON catalogue (parent, fold);
   CREATE UNIQUE INDEX catalogue_by_sort ON catalogue (parent, sort);
   CREATE INDEX catalogue_by_sha256 ON catalogue (sha256) WHERE sha256 IS NOT NULL;
   CREATE TABLE copies (
     sha256 TEXT NOT NULL,
     server TEXT NOT NULL,
     PRIMARY KEY (sha256, server)
   ) WITHOUT ROWID;
   CREATE INDEX copies_by_server ON copies (server);
   CREATE TABLE holdings (
     path        TEXT    PRIMARY KEY,
     size        INTEGER NOT NULL,
     modified_ms INTEGER NOT NULL,
     changed_ms  INTEGER NOT NULL,
     inode       INTEGER NOT NULL,
     sha256      TEXT    NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX holdings_by_sha256 ON holdings (sha256)`,
  // The nicks that members of all servers have claimed, with the keys of their looks; numbers of guests
  `CREATE TABLE nicks (
     incarnation TEXT    NOT NULL,
     member      INTEGER NOT NULL,
     nick        TEXT    NOT NULL,
     folded      TEXT    NOT NULL UNIQUE,
     written     TEXT    NOT NULL,
     small       TEXT    NOT NULL,
     PRIMARY KEY (incarnation, member)
   ) WITHOUT ROWID;
   CREATE INDEX nicks_by_written ON nicks (written);
   CREATE INDEX nicks_by_small ON nicks (small);
   ALTER TABLE cluster ADD COLUMN guests INTEGER NOT NULL DEFAULT 0`,
  // The rules of folders of a cluster; those that its log has had since the file of this server had the same
  `CREATE TABLE cluster_rules (
     only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
     text     TEXT    NOT NULL
   );
   CREATE TABLE seen_rules (
     sha256 TEXT PRIMARY KEY
   ) WITHOUT ROWID`,
  // When the bytes of a holding were last hashed, 0 for those from before; 1 if they were wrong then
  `ALTER TABLE holdings ADD COLUMN checked_ms INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE holdings ADD COLUMN wrong INTEGER NOT NULL DEFAULT 0;
   CREATE INDEX holdings_by_check ON holdings (checked_ms, path) WHERE sha256 <> '';
   CREATE INDEX holdings_wrong ON holdings (path) WHERE wrong = 1`,
  // What has come of rules that are longer than an entry, in base64
  `CREATE TABLE rule_parts (
     part   INTEGER PRIMARY KEY,
     sha256 TEXT    NOT NULL,
     text   TEXT    NOT NULL
   )`,
  // What has come by links: `content` is a digest of link, path and SHA-256. What is about to come to this server, by
  // upload
  `CREATE TABLE IF NOT EXISTS link_files (
     number  INTEGER PRIMARY KEY,
     link    TEXT    NOT NULL,
     content TEXT    NOT NULL UNIQUE
   );
   CREATE TABLE IF NOT EXISTS expected_files (
     number INTEGER PRIMARY KEY,
     link   TEXT    NOT NULL,
     path   TEXT    NOT NULL,
     sha256 TEXT    NOT NULL,
     size   INTEGER NOT NULL
   )`,
];
