# proxy classes found below object
def all_of(kind):
    for one in type.__subclasses__(kind):
        yield one
        yield from all_of(one)
for kind in list(all_of(object)):
    if kind.__name__ in ('JsProxy', 'JsArray', 'JsCallable', 'JsFinder', 'JsLoader'):
        made = object.__new__(kind) if kind.__flags__ & 512 else kind.__new__(kind)
        print('ESCAPED:', made.constructor)
