# endless calls
# ends: python.timed_out python.call_limit
while True:
    try:
        echo(1)
    except Exception:
        pass
