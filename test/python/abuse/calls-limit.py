# more calls than allowed
# ends: python.call_limit
while True:
    echo(1)
