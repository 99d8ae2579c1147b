# Part of tools/bench. Settings: COSTLY_SECONDS (30) · COSTLY_MESSAGES (200000)

bench_costly() {
  local data="$BENCH_WORK/costly"
  rm -rf "$data"
  seed --data "$data" --users 4100 --rooms 200 --members 20 --messages "${COSTLY_MESSAGES:-200000}" --out "$data.tokens"
  row ""
  row "## A calm room beside 20 who ask for what costs most"
  row ""
  row "20 messages a second to a room of 20, milliseconds of delivery for ${COSTLY_SECONDS:-30} s: alone, and while 20 callers ask without a pause, three times in four for a search in ${COSTLY_MESSAGES:-200000} messages that looks at much and finds little or nothing (common words in quotes, letters of two words, two letters), else for 100 messages from the middle of the history. No limit of requests holds them back. Server on one core."
  row ""
  row "| alone: p50 | p99 | max | beside: p50 | p99 | max | p99, times alone | answers a second | slowest answer ms |"
  row "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
  pinned costly "$OURS_BINARY" "$data" "$data.tokens" "${COSTLY_SECONDS:-30}" | rows
  rm -rf "$data"
}
