import CTorch
public func threads() -> Int { Int(ct_num_threads()) }
