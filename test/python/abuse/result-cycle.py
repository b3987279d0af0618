# a result that contains itself
# ends: python.not_json
x = []
x.append(x)
return x
