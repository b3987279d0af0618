# a write far behind the end
# ends: python.file_limit
with open('/tmp/x', 'wb') as f:
    f.seek(1_500_000_000)
    f.write(b'x')
