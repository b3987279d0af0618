# a callback of the collector
import gc
print('ESCAPED: callback') if gc.callbacks else None
gc.callbacks.append(lambda *a: None)
gc.disable()
