# very many open files
# ends: python.exception python.file_limit
kept = [open('/dev/null') for _ in range(100_000)]
