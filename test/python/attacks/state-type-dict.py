# methods added to the types of the interpreter
import gc
methods = gc.get_referents(str.__dict__)[0]
print('ESCAPED: str is changed') if 'leak' in methods else None
methods['leak'] = 1
