# Part of tools/bench. Settings: ENCRYPTION_MB (1024)

bench_encryption() {
  row ""
  row "## Encrypted files, ${ENCRYPTION_MB:-1024} MB, on one core"
  row ""
  row "The library that chatctl uses; the best of five; the files lie in the page cache of $(df --output=fstype "$BENCH_WORK" | tail -1). Goal: 1 GB/s."
  row ""
  row "| what | speed | allocated so far, MB |"
  row "| --- | --- | --- |"
  pinned encryption "$BENCH_WORK/encryption" "${ENCRYPTION_MB:-1024}" | rows
  local name="$BENCH_WORK/encryption-ctl" begun
  mkdir -p "$name"
  echo "a passphrase for this measurement" > "$name/pass"
  head -c "${ENCRYPTION_MB:-1024}M" /dev/urandom > "$name/plain"
  taskset -c "$GEN_CORE" dotnet "$ctl" keygen -o "$name/me" --passphrase-file "$name/pass" > /dev/null
  begun="$(date +%s%N)"
  taskset -c "$GEN_CORE" dotnet "$ctl" encrypt "$name/plain" --to "$name/me.pub" > /dev/null
  row "| chatctl encrypt, as a command, with start and fsync | $(awk -v n="$(($(date +%s%N) - begun))" -v mb="${ENCRYPTION_MB:-1024}" 'BEGIN { printf "%.2f GB/s", mb * 1048576 / n }') | |"
  begun="$(date +%s%N)"
  taskset -c "$GEN_CORE" dotnet "$ctl" decrypt "$name/plain.cmfile" --key "$name/me.key" --passphrase-file "$name/pass" -o "$name/back" > /dev/null
  row "| chatctl decrypt, as a command, with start and fsync | $(awk -v n="$(($(date +%s%N) - begun))" -v mb="${ENCRYPTION_MB:-1024}" 'BEGIN { printf "%.2f GB/s", mb * 1048576 / n }') | |"
  cmp "$name/plain" "$name/back"
  rm -rf "$name"
}
