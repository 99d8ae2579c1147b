# Part of tools/bench. Settings: GROWTH_MEMBERS (10 100 1000 10000) · GROWTH_ROOMS (1 10 100 1000 10000) · GROWTH_SECONDS (6) ·
# GROWTH_MESSAGES (1000 10000 100000 1000000; with DEEP=1 also 10000000) · REPEATS (200)

bench_growth() {
  local heads="| rooms | members each | connections | on their way | messages/s | deliveries/s | server CPU | deliveries per CPU s | CPU ms a message | p50 ms | p99 ms | refused |"
  row ""
  row "## Cost by members, rooms and the size of the database"
  row ""
  row "Full load: so many messages are always on their way; when one has come back to its sender, the next member of the next room sends."
  row ""
  row "$heads"
  row "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
  by_members | rows | points 3 > "$BENCH_WORK/by-members.tsv"
  draw by-members "Deliveries per CPU second of the server, by members of a room" "members of the room" "deliveries per CPU s"
  row ""
  row "Rooms of 5, in 10,000 each person is in five of them:"
  row ""
  row "$heads"
  row "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
  by_rooms | rows | points 2 > "$BENCH_WORK/by-rooms.tsv"
  draw by-rooms "Deliveries per CPU second of the server, by rooms of 5" "rooms" "deliveries per CPU s"
  row ""
  row "Reading, in a room that holds all messages of the database: one request after the other, over HTTP and (resume) over a socket."
  row ""
  row "| messages | what | p50 ms | p99 ms | max ms |"
  row "| --- | --- | --- | --- | --- |"
  rm -f "$BENCH_WORK/reading.tsv"
  reading
  draw reading "Reading, by messages in the room" "messages in the database" "ms"
}

# One room of each size, among others of other people; each size on a server of its own.
by_members() {
  local sizes=(${GROWTH_MEMBERS:-10 100 1000 10000}) i users=0
  for i in "${sizes[@]}"; do users=$((users + i)); done
  rm -rf "$BENCH_WORK/members"
  seed --data "$BENCH_WORK/members" --users "$users" --rooms "$(printf ',1%.0s' "${sizes[@]}" | cut -c2-)" --members "$(IFS=,; echo "${sizes[*]}")" --out "$BENCH_WORK/members.tokens"
  for i in "${!sizes[@]}"; do
    pinned deliveries "$OURS_BINARY" "$BENCH_WORK/members" "$BENCH_WORK/members.tokens" "$i" 1 50 "${GROWTH_SECONDS:-6}"
  done
  rm -rf "$BENCH_WORK/members"
}

# Above 1,000 rooms everybody is in five.
by_rooms() {
  local count
  for count in ${GROWTH_ROOMS:-1 10 100 1000 10000}; do
    rm -rf "$BENCH_WORK/rooms"
    seed --data "$BENCH_WORK/rooms" --users "$((count > 1000 ? count : count * 5))" --rooms "$count" --members 5 --out "$BENCH_WORK/rooms.tokens"
    pinned deliveries "$OURS_BINARY" "$BENCH_WORK/rooms" "$BENCH_WORK/rooms.tokens" 0 "$count" 250 "${GROWTH_SECONDS:-6}"
  done
  rm -rf "$BENCH_WORK/rooms"
}

reading() {
  local count sizes="${GROWTH_MESSAGES:-1000 10000 100000 1000000}"
  [ "${DEEP:-0}" = 0 ] || sizes="$sizes 10000000"
  for count in $sizes; do
    rm -rf "$BENCH_WORK/reading"
    seed --data "$BENCH_WORK/reading" --users 50 --rooms 1 --members 50 --messages "$count" --out "$BENCH_WORK/reading.tokens"
    pinned reading "$OURS_BINARY" "$BENCH_WORK/reading" "$BENCH_WORK/reading.tokens" "$count" "${REPEATS:-200}" "$BENCH_WORK/reading.tsv" | rows
  done
  rm -rf "$BENCH_WORK/reading"
}

# The plot's points: the given column against deliveries per CPU second; the table goes on to standard error, to be seen meanwhile.
points() { awk -F ' *[|] *' -v column="$1" '{ print > "/dev/stderr"; printf "deliveries\t%s\t%s\n", $(column), $9 }'; }

draw() {
  dotnet "$measure" plot "$BENCH_WORK/$1.tsv" "$(dirname "$out")/plots/$1.svg" "$2" "$3" "$4"
  row ""
  row "![$2](plots/$1.svg)"
}
