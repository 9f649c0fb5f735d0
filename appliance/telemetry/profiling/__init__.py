"""Where the time and the memory of this process go, in the format that `go tool pprof` and speedscope read."""
