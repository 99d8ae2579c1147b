# Part of tools/bench. Settings: REPEATS (200) · STORM_SOCKETS (10000) · STORM_EVENTS (1 100): what each room of 50 goes on by meanwhile

bench_resume() {
  local events rooms
  seed --data "$BENCH_WORK/resume" --users 50 --rooms 1 --members 50 --messages 2000 --out "$BENCH_WORK/resume.tokens"
  row ""
  row "## Coming back with 100 missed events"
  row ""
  row "A socket in two rooms connects with \`?resume=1\` and resumes; one of its rooms has gone on by 100 messages. Milliseconds from sending \`resume\` to its \`ok\`, with everything replayed between, and from the start of the TCP connection to the same."
  row ""
  row "| missed events | resume p50 | p99 | max | connect and resume p50 | p99 | max | server CPU ms |"
  row "| --- | --- | --- | --- | --- | --- | --- | --- |"
  pinned resume "$OURS_BINARY" "$BENCH_WORK/resume" "$BENCH_WORK/resume.tokens" 100 "${REPEATS:-200}" | rows
  rooms=$((${STORM_SOCKETS:-10000} / 50))
  row ""
  row "## ${STORM_SOCKETS:-10000} sockets drop and come back at once"
  row ""
  row "All are reset at once; one more member of each of their $rooms rooms of 50 stays and sends the events; then all connect at once and resume. Beside them a calm room: 5 messages a second to 50 members who stay connected, milliseconds of delivery (p50, p99, max) in the 5 s before, while the sockets drop and the events are sent, and from the first reconnect until all are back."
  row ""
  row "| sockets | events a room | back, s | half back, s | missing | out of order | turned away | server CPU s | CPU ms a socket | generator CPU | calm before: p50 | p99 | max | dropped and sending: p50 | p99 | max | coming back: p50 | p99 | max | resident MB | its peak |"
  row "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
  for events in ${STORM_EVENTS:-1 100}; do
    rm -rf "$BENCH_WORK/storm"
    seed --data "$BENCH_WORK/storm" --users $((rooms * 51 + 50)) --rooms "$rooms,1" --members 51,50 --out "$BENCH_WORK/storm.tokens"
    pinned storm "$OURS_BINARY" "$BENCH_WORK/storm" "$BENCH_WORK/storm.tokens" "$events" | rows
  done
  rm -rf "$BENCH_WORK/storm" "$BENCH_WORK/resume"
}
