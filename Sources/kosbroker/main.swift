print("kosbroker")
