# Part of tools/bench: the live part's 200 rooms of 5 on SQLite and on PostgreSQL, in turn, REPS times.

bench_postgres() {
  [ -d "$peers" ] || { row ""; row "PostgreSQL was not measured: the peer bench is not at ../shared/bench."; return 0; }
  build_peers
  local bench="$BENCH_WORK/bench" lite="$BENCH_WORK/lite" pg="$BENCH_WORK/pg" results="$BENCH_WORK/postgres.jsonl" rep before
  cp -r "$bench/servers/chatmonolith" "$bench/servers/chatmonolith-postgresql"
  grep -q '^chatmonolith-postgresql' "$bench/peers.tsv" || printf 'chatmonolith-postgresql\tchat\t18013\t5000\t100\n' >> "$bench/peers.tsv"
  rm -rf "$lite" "$pg" "$results" "$BENCH_WORK/postgres.cpu"
  seed_rooms "$lite"
  start_postgres
  on_postgres seeded seed_rooms "$pg"
  for rep in $(seq "$reps"); do
    rooms_of "$lite" chatmonolith
    sql "CREATE DATABASE bench_$rep TEMPLATE seeded"
    before="$(postgres_cpu)"
    on_postgres "bench_$rep" rooms_of "$pg" chatmonolith-postgresql
    echo "$(($(postgres_cpu) - before)) $(grep '"chatmonolith-postgresql","scenario":"rooms"' "$results" | tail -1 | grep -o '"sent":[0-9]*' | grep -o '[0-9]*')" >> "$BENCH_WORK/postgres.cpu"
  done
  row ""
  row "## 200 rooms of 5, everybody sending, on SQLite and on PostgreSQL"
  row ""
  row "$("$postgres_bin/postgres" --version), \`fsync\` and \`synchronous_commit\` on, on the server's core; the server's CPU does not hold PostgreSQL's own, which was $(awk '{ c += $1; n += $2 } END { printf "%.3f", c * 10 / n }' "$BENCH_WORK/postgres.cpu") ms a message. PostgreSQL reached $(awk -v a="$(median_of chatmonolith-postgresql)" -v b="$(median_of chatmonolith)" 'BEGIN { printf "%.2f", a / b }') of SQLite's messages per second (target: 0.5)."
  dotnet "$BENCH_WORK/out/gen/chatbench.dll" report "$results" | awk -v RS='\n### ' 'NR > 1 && /^rooms / { printf "\n### %s\n", $0 }' >> "$table"
  stop_postgres
}

# The generator's first connection of all takes the room of 3.
seed_rooms() { seed --data "$1" --users 1003 --rooms 1,200 --members 3,5 --messages 2010 --out "$1.tokens"; }

# What the server complained of is shown: a message that is refused is missing in the figures.
rooms_of() {
  (cd "$BENCH_WORK/bench" && OURS_DATA="$1" OURS_SEED="$1.tokens" RESULTS="$results" SKIP_BUILD=1 KEEP_DATA=1 REPS=1 PEERS="$2" SCEN=rooms bash run.sh) >&2
  head -c 4000 "$BENCH_WORK/data/$2-1/server.log" >&2
  rm -rf "$BENCH_WORK/data/$2-1"
}

median_of() {
  grep "\"peer\":\"$1\",\"scenario\":\"rooms\"" "$results" | grep -o '"msgs_s":[0-9.]*' | cut -d: -f2 | sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# A cluster of its own below BENCH_WORK; as root it runs as postgres, which initdb insists on.
start_postgres() {
  postgres_bin="$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -V | tail -1)"
  [ -x "$postgres_bin/initdb" ] || fail "PostgreSQL is missing (Debian: postgresql)."
  local home="$BENCH_WORK/cluster" as=()
  rm -rf "$home"
  mkdir -p "$home"
  if [ "$(id -u)" = 0 ]; then
    chmod go+x "$BENCH_WORK"
    chown postgres "$home"
    as=(setpriv --reuid postgres --regid postgres --init-groups --)
  fi
  postgres_port="$(shuf -i 20000-29999 -n 1)"
  "${as[@]}" "$postgres_bin/initdb" -D "$home/data" -U chat -A trust -E UTF8 --locale C --no-instructions > "$BENCH_WORK/initdb.log" 2>&1 || { cat "$BENCH_WORK/initdb.log" >&2; fail "initdb failed."; }
  (cd "$home" && exec taskset -c "$SERVER_CORE" "${as[@]}" "$postgres_bin/postgres" -D data -p "$postgres_port" -k "$home" -h 127.0.0.1 -c fsync=on -c synchronous_commit=on -c log_min_messages=warning) > "$BENCH_WORK/postgres.log" 2>&1 &
  postgres_pid=$!
  trap stop_postgres EXIT
  local tries=0
  until sql "CREATE DATABASE seeded" 2> /dev/null; do
    tries=$((tries + 1))
    kill -0 "$postgres_pid" 2> /dev/null && [ "$tries" -lt 150 ] || { cat "$BENCH_WORK/postgres.log" >&2; fail "PostgreSQL did not start."; }
    sleep 0.2
  done
}

stop_postgres() {
  trap - EXIT
  kill -INT "$postgres_pid" 2> /dev/null || true
  wait "$postgres_pid" 2> /dev/null || true
}

sql() { "$postgres_bin/psql" -h 127.0.0.1 -p "$postgres_port" -U chat -d postgres -qc "$1"; }

# on_postgres DATABASE COMMAND …
on_postgres() {
  Database__Provider=PostgreSql ConnectionStrings__Default="Host=127.0.0.1;Port=$postgres_port;Username=chat;Database=$1" "${@:2}"
}

# Hundredths of a second of all its processes, those that have ended included.
postgres_cpu() {
  { awk '{ print $14 + $15 + $16 + $17 }' "/proc/$postgres_pid/stat"; cat $(pgrep -P "$postgres_pid" | sed 's:.*:/proc/&/stat:') 2> /dev/null | awk '{ print $14 + $15 }'; } | awk '{ s += $1 } END { print s }'
}
