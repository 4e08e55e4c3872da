# The formula of a Homebrew tap
class TcpChat < Formula
  desc "Chat and verified file transfer over TCP"
  homepage "https://github.com/{repository}"
  version "{version}"
  license "MIT"

  on_macos do
    on_arm do
      url "https://github.com/{repository}/releases/download/v{version}/tcp-chat-{version}-aarch64-apple-darwin.tar.gz"
      sha256 "{sha256 tcp-chat-{version}-aarch64-apple-darwin.tar.gz}"
    end
    on_intel do
      url "https://github.com/{repository}/releases/download/v{version}/tcp-chat-{version}-x86_64-apple-darwin.tar.gz"
      sha256 "{sha256 tcp-chat-{version}-x86_64-apple-darwin.tar.gz}"
    end
  end

  on_linux do
    on_arm do
      url "https://github.com/{repository}/releases/download/v{version}/tcp-chat-{version}-aarch64-unknown-linux-gnu.tar.gz"
      sha256 "{sha256 tcp-chat-{version}-aarch64-unknown-linux-gnu.tar.gz}"
    end
    on_intel do
      url "https://github.com/{repository}/releases/download/v{version}/tcp-chat-{version}-x86_64-unknown-linux-gnu.tar.gz"
      sha256 "{sha256 tcp-chat-{version}-x86_64-unknown-linux-gnu.tar.gz}"
    end
  end

  # Stripping would cut off the program, which stands behind the runtime
  skip_clean "bin"

  def install
    bin.install "tcp-chat"
    bin.install_symlink "tcp-chat" => "tcp-chat-server"
    man1.install Dir["man/man1/*.1"]
    bash_completion.install "completions/tcp-chat.bash" => "tcp-chat"
    zsh_completion.install "completions/_tcp-chat"
    fish_completion.install "completions/tcp-chat.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/tcp-chat --version")
  end
end
