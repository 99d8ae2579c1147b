# Part of tools/bench. Settings: SEARCHES (300)

# A PostgreSQL from the system's package on a free port, for this run.
postgres_up() {
  local binaries as=()
  binaries="$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -V | tail -1)"
  [ -n "$binaries" ] || return 1
  postgres_folder="$(mktemp -d)"
  if [ "$(id -u)" = 0 ]; then
    chown postgres "$postgres_folder"
    as=(setpriv --reuid postgres --regid postgres --init-groups --)
  fi
  "${as[@]}" "$binaries/initdb" -D "$postgres_folder/data" -U chat -A trust -E UTF8 --locale C --no-instructions > /dev/null
  postgres_port=$((20000 + RANDOM % 10000))
  "${as[@]}" "$binaries/postgres" -D "$postgres_folder/data" -p "$postgres_port" -k "$postgres_folder" -h 127.0.0.1 -c shared_buffers=512MB > "$postgres_folder/log" 2>&1 &
  postgres_pid=$!
  trap 'kill "$postgres_pid" 2> /dev/null; wait "$postgres_pid" 2> /dev/null; rm -rf "$postgres_folder"' EXIT
  local tries
  for tries in $(seq 50); do
    "$binaries/psql" -h 127.0.0.1 -p "$postgres_port" -U chat postgres -qc 'CREATE DATABASE chat' 2> /dev/null && return
    sleep 0.2
  done
  fail "PostgreSQL did not start: $(tail -3 "$postgres_folder/log")"
}

# One person is let into all rooms by the measurement itself; the first ones are in one each.
search_on() {
  local data="$BENCH_WORK/search-$1"
  seed --data "$data" --users 4100 --rooms 200 --members 20 --messages "$messages" --out "$data.tokens"
  row ""
  row "### $1"
  row ""
  row "| looked for | p50 ms | p95 ms | max ms | hits on the page | short pages with a cursor, % |"
  row "| --- | --- | --- | --- | --- | --- |"
  SERVER_CORE=0,1 dotnet "$measure" search "$OURS_BINARY" "$data" "$data.tokens" "${SEARCHES:-300}" | rows
}

bench_search() {
  row ""
  row "## Searching $messages messages in 200 rooms, over HTTP"
  row ""
  row "Pages of 50, ${SEARCHES:-300} searches of each kind, one after the other; client, server and database share two cores."
  search_on SQLite
  if postgres_up; then
    (
      export Database__Provider=PostgreSql ConnectionStrings__Default="Host=127.0.0.1;Port=$postgres_port;Username=chat;Database=chat"
      search_on PostgreSQL
    )
  fi
}
