# a string that doubles
# ends: python.out_of_memory
x = 'ab'
while True:
    x += x
