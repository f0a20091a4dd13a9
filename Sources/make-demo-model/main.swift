print("make-demo-model")
