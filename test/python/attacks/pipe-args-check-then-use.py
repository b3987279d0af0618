# arguments that change between check and use
class Shifty(str):
    count = 0
    def __str__(self):
        Shifty.count += 1
        return 'safe' if Shifty.count == 1 else 'changed'
    __repr__ = __format__ = __str__
    def encode(self, *_):
        return b'changed'
class Keys(dict):
    def items(self):
        return [('value', 'changed')]
    def __getitem__(self, key):
        return 'changed'
if echo(Shifty('as written')) != 'as written' or echo(Keys(value='as written')) != {'value': 'as written'}:
    print('ESCAPED: a value changed on its way')
