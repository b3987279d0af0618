# a width that fills memory
# ends: python.out_of_memory python.exception
print(f'{1:>1900000000}')
