# one large file
# ends: python.file_limit
with open('/tmp/x', 'wb') as f:
    while True:
        f.write(bytes(1_000_000))
