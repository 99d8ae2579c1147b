# Starts our server as one of the peers: needs PORT, an empty DATA, SERVER_CORE, OURS_DATA (seeded) and OURS_BINARY.
cp -r "$OURS_DATA/." "$DATA/"
export Data__Directory="$DATA" RateLimits__Enabled=false Logging__LogLevel__Default=Warning
cd "$DATA"
exec taskset -c "$SERVER_CORE" dotnet "$OURS_BINARY" --urls "http://127.0.0.1:$PORT" >"$DATA/server.log" 2>&1
