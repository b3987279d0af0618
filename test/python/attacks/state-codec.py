# a codec and an error handler registered for all
import codecs
try:
    codecs.lookup('leak')
    print('ESCAPED: codec')
except LookupError:
    pass
codecs.register(lambda name: codecs.lookup('utf-8') if name == 'leak' else None)
codecs.lookup('leak')
codecs.register_error('strict', lambda error: ('ESCAPED', error.end))
