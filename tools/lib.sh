# Shared by the scripts in this folder; sourced, not run.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

fail() {
  echo "$*" >&2
  exit 1
}

# The SDK of global.json, or a later feature band of it.
need_dotnet() {
  command -v dotnet > /dev/null || fail "The .NET SDK 10 is missing. Install it from https://dotnet.microsoft.com/download, then run this again."
  (cd "$root" && dotnet --version > /dev/null 2>&1) || fail "global.json asks for the .NET SDK 10.0; found: $(dotnet --list-sdks | tr '\n' ' ')"
}

# Installs Debian packages when we may; starts none of their daemons (invoke-rc.d asks policy-rc.d, deb-policy 9.3.3.1).
install_packages() {
  [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null || fail "Missing: $*. Install them (Debian: apt-get install $*), then run this again."
  echo "Installing $* …"
  local policy=/usr/sbin/policy-rc.d made=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod +x "$policy"
    made=yes
  fi
  local status=0
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } > /tmp/chat-apt.log 2>&1 || status=$?
  [ -z "$made" ] || rm -f "$policy"
  [ "$status" = 0 ] || { tail -20 /tmp/chat-apt.log >&2; fail "Could not install $*."; }
}

# Whether a built file is missing, or older than a source below one of the folders that follow it.
is_stale() {
  local built="$1"
  shift
  [ ! -f "$built" ] || [ -n "$(find "$@" "$root"/Directory.* -newer "$built" -type f -not -path '*/obj/*' -not -path '*/bin/*' -print -quit)" ]
}

# Builds the server into artifacts/server when its sources are newer: compiled ahead of time (ReadyToRun), which halves what a start costs,
# or as an ordinary build where the compiler's package cannot be restored.
server_binary="$root/artifacts/server/ChatMonolith.dll"
build_server() {
  is_stale "$server_binary" "$root/src" || return 0
  echo "Building the server …" >&2
  local log
  log="$(mktemp)"
  rm -rf "$root/artifacts/server"
  dotnet publish "$root/src/Host" -c Release --self-contained false -p:PublishReadyToRun=true -o "$root/artifacts/server" -v q --nologo > "$log" 2>&1 ||
    dotnet publish "$root/src/Host" -c Release -o "$root/artifacts/server" -v q --nologo > "$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; fail "The server does not build."; }
  rm -f "$log"
  touch "$server_binary"
}
