# code that folds into something enormous
# ends: python.timed_out python.exception python.out_of_memory python.recursion_limit
compile('(' * 90 + '1' + ')' * 90, 'x', 'eval')
source = 'a' + '.b' * 200_000
compile(source, 'x', 'eval')
