# a sparse file of gigabytes
# ends: python.file_limit
with open('/tmp/x', 'wb') as f:
    f.truncate(2_000_000_000)
