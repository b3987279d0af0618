# threads
# ends: python.exception
import threading
for _ in range(1000):
    threading.Thread(target=print).start()
