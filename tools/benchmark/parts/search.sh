# Part of tools/bench. Settings: SEARCHES (300) of each kind · SEARCH_ON (SQLite PostgreSQL)

bench_search() {
  row ""
  row "## Searching $messages messages in 200 rooms, over HTTP"
  row ""
  row "Pages of 50, ${SEARCHES:-300} searches of each kind, one after the other; client, server and database share two cores. \"All rooms\": somebody who is in all of them; \"one room\": in one of 5,000 messages. Short pages are those that hold fewer than 50 hits and still have a cursor, because a page has done as much work as it may."
  local engine
  for engine in ${SEARCH_ON:-SQLite PostgreSQL}; do
    (
      SERVER_CORE="$SERVER_CORE,$GEN_CORE"
      if [ "$engine" = PostgreSQL ]; then
        start_postgres
        on_postgres seeded search_on "$engine"
        stop_postgres
      else
        search_on "$engine"
      fi
    )
  done
}

# One person is let into all rooms by the measurement itself; the first ones are in one each.
search_on() {
  local data="$BENCH_WORK/search-$1"
  rm -rf "$data"
  seed --data "$data" --users 4100 --rooms 200 --members 20 --messages "$messages" --out "$data.tokens"
  row ""
  row "### $1"
  row ""
  row "| looked for | p50 ms | p95 ms | max ms | hits on the page | short pages, % |"
  row "| --- | --- | --- | --- | --- | --- |"
  dotnet "$measure" search "$OURS_BINARY" "$data" "$data.tokens" "${SEARCHES:-300}" | rows
  rm -rf "$data"
}
