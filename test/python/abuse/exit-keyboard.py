# raise what a deadline raises
# ends: python.exception
raise KeyboardInterrupt
