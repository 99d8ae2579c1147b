# Part of tools/bench, with a page of its own, docs/performance/client.md: the web client's budgets in Chromium. Settings: CLIENT_MESSAGES (200000), in two rooms

bench_client() {
  command -v chromium > /dev/null || install_packages chromium
  local data="$BENCH_WORK/client" all="${CLIENT_MESSAGES:-200000}" login
  rm -rf "$data"
  seed --data "$data" --users 50 --rooms 2 --members 50 --messages "$all" --out "$data.tokens"
  login="$(head -1 "$data.tokens" | grep -o '"username":"[^"]*"' | cut -d'"' -f4)"
  echo "long copper kettle 47" | dotnet "$ctl" reset-password --data "$data" --login "$login" >&2
  {
    echo "# The client's budgets"
    echo
    echo "Written by \`tools/bench client\` on $(date -u +%Y-%m-%d); medians of $reps runs. Chromium $(chromium --version 2> /dev/null | grep -oE '[0-9]+(\.[0-9]+)+' | head -1), which draws in software here, and the server together on $(nproc) cores; two rooms of $((all / 2)) messages, 50 members. Load of the machine when it began: $(cut -d' ' -f1 /proc/loadavg)."
    echo
    echo "| what | budget | measured |"
    echo "| --- | --- | --- |"
    dotnet "$measure" client "$OURS_BINARY" "$data" "$data.tokens" "$reps"
    echo
    cat "$root/tools/benchmark/parts/client.notes.md"
  } | tee "$BENCH_WORK/client-page.md"
  cp "$BENCH_WORK/client-page.md" "${CLIENT_OUT:-$root/docs/performance/client.md}"
  rm -rf "$data"
}
