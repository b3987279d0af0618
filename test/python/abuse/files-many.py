# very many files
# ends: python.file_limit
for n in range(10**6):
    open(f'/tmp/{n}', 'w').close()
