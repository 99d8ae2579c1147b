#!/bin/sh
# Installs or upgrades ChatMonolith from an unpacked release, or removes it again. May be repeated: what is there is kept.
#   ./deploy/install.sh [--root FOLDER]         programs to /opt/chatmonolith, settings to /etc/chatmonolith, unit to systemd
#   ./deploy/install.sh --uninstall             programs and unit; settings, data and the user stay
# --root installs below another folder (for an image): nobody is made, and nothing started.
set -eu
here="$(cd "$(dirname "$0")/.." && pwd)"
root= remove=
while [ $# -gt 0 ]; do
  case "$1" in
    --root) root="${2:?--root needs a folder}"; shift 2 ;;
    --uninstall) remove=yes; shift ;;
    *) echo "Unknown option $1; there are --root and --uninstall." >&2; exit 2 ;;
  esac
done
[ -n "$root" ] || [ "$(id -u)" = 0 ] || { echo "Only root may install." >&2; exit 2; }
programs="$root/opt/chatmonolith" settings="$root/etc/chatmonolith" unit="$root/etc/systemd/system/chatmonolith.service"
systemd() { [ -n "$root" ] || [ ! -d /run/systemd/system ] || systemctl "$@"; }

if [ -n "$remove" ]; then
  systemd disable --now chatmonolith || true
  rm -rf "$programs" "$unit" "$root/usr/local/bin/chatctl"
  systemd daemon-reload
  echo "Removed. Left: $settings, and the data in $root/var/lib/chatmonolith."
  exit 0
fi

[ -x "$here/ChatMonolith" ] && [ -x "$here/chatctl" ] || { echo "Run this from an unpacked release: $here has no ChatMonolith and chatctl." >&2; exit 2; }
if [ -z "$root" ] && ! getent passwd chatmonolith > /dev/null; then
  useradd --system --user-group --no-create-home --home-dir /var/lib/chatmonolith --shell /usr/sbin/nologin chatmonolith
fi
mkdir -p "$programs" "$settings" "$(dirname "$unit")" "$root/usr/local/bin"
# A running program's file cannot be written, but it can be replaced.
for program in ChatMonolith chatctl; do
  install -m 755 "$here/$program" "$programs/.$program.new"
  mv -f "$programs/.$program.new" "$programs/$program"
done
rm -rf "$programs/deploy"
cp -r "$here/deploy" "$programs/deploy"
ln -sf /opt/chatmonolith/chatctl "$root/usr/local/bin/chatctl"
install -m 644 "$here/deploy/systemd/chatmonolith.service" "$unit"
chmod 750 "$settings"
[ -e "$settings/chatmonolith.env" ] || install -m 640 "$here/deploy/systemd/chatmonolith.env" "$settings/chatmonolith.env"
systemd daemon-reload
systemd enable chatmonolith
systemd restart chatmonolith
echo "Installed $("$programs/ChatMonolith" --version). Settings: $settings/chatmonolith.env; the link for the first account: journalctl -u chatmonolith"
