# Part of tools/bench. Settings: IDLE_MINUTES (2) · IDLE_SOCKETS (5000 15000)

bench_idle() {
  local sockets
  row ""
  row "## Idle connections"
  row ""
  row "Each of another person in two rooms of 50 (and in general); joined, then ${IDLE_MINUTES:-2} minutes of nothing but heartbeats. KB of the process for each connection 2 s after the last joined, at the end, and the most seen (sampled each 10 s); of that the collector's heap."
  row ""
  row "| connections | KB each, joined | at the end | most | heap KB each, joined | at the end | MB before | MB at the end | joins/s | CPU ms a join | CPU when idle |"
  row "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
  for sockets in ${IDLE_SOCKETS:-5000 15000}; do
    rm -rf "$BENCH_WORK/idle"
    seed --data "$BENCH_WORK/idle" --users "$sockets" --rooms "$((sockets / 50)),$((sockets / 50))" --members 50,50 --out "$BENCH_WORK/idle.tokens"
    pinned idle "$OURS_BINARY" "$BENCH_WORK/idle" "$BENCH_WORK/idle.tokens" "${IDLE_MINUTES:-2}" | rows
  done
  rm -rf "$BENCH_WORK/idle"
}
