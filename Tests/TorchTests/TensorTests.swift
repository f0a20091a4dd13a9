import Testing

@testable import Torch

@Suite struct TensorTests {
  @Test func arithmeticBroadcastsAndViewsShareMemory() throws {
    let a = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    let sum: [Float] = try (a + Tensor([10, 20, 30] as [Float])).array()
    #expect(sum == [11, 22, 33, 14, 25, 36])
    let row = try a.select(0, 1)
    try row.fillInPlace(0)
    #expect(try a.array(Float.self) == [1, 2, 3, 0, 0, 0])
    #expect(a.shape == [2, 3] && a.size(-1) == 3 && a.size(5) == 0 && a.rank == 2)
  }

  @Test func errorsNameTheOperationAndBothShapes() throws {
    let a = try Tensor.zeros([3, 4])
    let b = try Tensor.zeros([5, 6])
    let error = #expect(throws: TorchError.self) { try a.matmul(b) }
    #expect(error?.operation == "matmul")
    #expect(error?.shapes == [[3, 4], [5, 6]])
    #expect(error?.description.contains("[3, 4] and [5, 6]") == true)
    #expect(throws: TorchError.self) { try a.view(5) }
    #expect(throws: TorchError.self) { try a.indexSelect(0, Tensor([7])) }
    #expect(throws: TorchError.self) { try Tensor([1, 2] as [Float], shape: [3]) }
    #expect(throws: TorchError.self) { try Tensor.concatenate([], 0) }
    #expect(throws: TorchError.self) { try (Tensor.identity(2) * -1).cholesky() }
    #expect(throws: TorchError.self) { try Device.cuda(63).prepare() }
  }

  @Test func borrowedMemoryIsSeenAndReleased() throws {
    final class Owner {
      let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 4)
      let onRelease: () -> Void
      init(_ onRelease: @escaping () -> Void) { self.onRelease = onRelease }
      deinit {
        memory.deallocate()
        onRelease()
      }
    }
    var released = false
    do {
      let owner = Owner { released = true }
      _ = owner.memory.initialize(from: [1, 2, 3, 4])
      let tensor = try Tensor.borrowing(
        UnsafeRawBufferPointer(owner.memory), shape: [2, 2], dtype: .float32, owner: owner)
      let view = try tensor.transposed()
      #expect(try view.array(Float.self) == [1, 3, 2, 4])
    }
    #expect(released)
    let short = [UInt8](repeating: 0, count: 6)
    _ = short.withUnsafeBytes { bytes in
      #expect(throws: TorchError.self) {
        try Tensor.borrowing(bytes, shape: [2], dtype: .float32, owner: Owner {})
      }
    }
  }

  @Test func dtypesConvertBothWays() throws {
    for dtype in DType.allCases {
      let tensor = try Tensor([0, 1, 1, 0]).to(dtype)
      #expect(tensor.dtype == dtype)
      #expect(try tensor.array(Int.self) == [0, 1, 1, 0])
    }
  }

  @Test func linearAlgebraSolves() throws {
    let generator = try RandomGenerator(seed: 5)
    let x = try generator.normal([6, 6]).to(.float64)
    let a = try x.matmul(x.transposed()) + Tensor.identity(6, dtype: .float64)
    let b = try generator.normal([6, 2]).to(.float64)
    let l = try a.cholesky()
    #expect(try (a.matmul(b.choleskySolve(lower: l)) - b).norm().item() < 1e-10)
    #expect(try (l.matmul(l.solveTriangular(b)) - b).norm().item() < 1e-10)
    #expect(try (a.matmul(a.solve(b)) - b).norm().item() < 1e-10)
    let (values, vectors) = try a.symmetricEigen()
    #expect(try ((vectors * values).matmul(vectors.transposed()) - a).norm().item() < 1e-10)
    let (u, s, vt) = try x.singularValues()
    #expect(try ((u * s).matmul(vt) - x).norm().item() < 1e-10)
  }
}

@Suite struct AutogradTests {
  @Test func gradientsOfChosenLeavesOnly() throws {
    let leaf = try Tensor([1, 2, 3] as [Float])
    try leaf.requireGradient()
    let constant = try Tensor([4, 5, 6] as [Float])
    let loss = try Autograd.withGradients { try (leaf * leaf * constant).sum() }
    let gradient: [Float] = try loss.gradients(of: [leaf])[0].array()
    #expect(gradient == [8, 20, 36])
    let untracked = try Autograd.withoutGradients { try (leaf * leaf).sum() }
    #expect(!untracked.requiresGradient)
    #expect(throws: TorchError.self) { try untracked.gradients(of: [leaf]) }
  }

  @Test func seedsWeighOutputs() throws {
    let leaf = try Tensor([1, 2] as [Float])
    try leaf.requireGradient()
    let outputs = try leaf * 3
    let seeds = try Tensor([1, 10] as [Float])
    let gradients = try Autograd.gradients(of: [outputs], seeds: [seeds], leaves: [leaf])
    #expect(try gradients[0].array(Float.self) == [3, 30])
    #expect(throws: TorchError.self) {
      try Autograd.gradients(of: [outputs], seeds: [], leaves: [leaf])
    }
  }
}

@Suite struct RandomGeneratorTests {
  @Test func aSeedFixesTheSequence() throws {
    func draw(_ seed: UInt64) throws -> [Float] { try RandomGenerator(seed: seed).normal([8]).array() }
    #expect(try draw(3) == draw(3))
    #expect(try draw(3) != draw(4))
    let choices: [Int] = try RandomGenerator(seed: 1).draw(
      Tensor([0, 1, 0, 0] as [Float], shape: [2, 2])
        + Tensor([0, 0, 0, 1] as [Float], shape: [2, 2])
    ).array()
    #expect(choices == [1, 1])
  }
}

/// Alone, since it counts the handles of the whole process.
@Suite(.serialized) struct DeviceTests {
  @Test func namesOfDevices() {
    #expect(Device("cpu") == .cpu && Device("cuda") == .cuda(0) && Device("cuda:3") == .cuda(3))
    #expect(Device("mps") == .mps && Device("cuda:-1") == nil && Device("tpu") == nil)
    #expect(Device.cuda(2).description == "cuda:2")
  }

  @Test func versionIsTheOneAskedFor() { #expect(Engine.version.hasPrefix("2.11.0")) }
}

/// Products in bfloat16, which some processors only have in float32.
struct NarrowProductTests {
  private func matrices() throws -> (x: Tensor, w: Tensor) {
    let x = try Tensor((0..<24).map { Float($0 % 7) / 4 - 0.75 }, shape: [4, 6])
    let w = try Tensor((0..<18).map { Float($0 % 5) / 2 - 1 }, shape: [3, 6])
    return (x, w)
  }

  @Test func equalThoseInFloat32() throws {
    let (x, w) = try matrices()
    let expected = try x.linear(w)
    let (narrowX, narrowW) = (try x.to(.bfloat16), try w.to(.bfloat16))
    for product in [
      try narrowX.linear(narrowW), try narrowX.matmul(narrowW.transposed()),
      try Tensor.affine(Tensor.zeros([3], dtype: .bfloat16), narrowX, narrowW.transposed()),
    ] {
      #expect(product.dtype == .bfloat16)
      #expect(try (product.to(.float32) - expected).abs().max().item() < 0.02)
    }
  }

  @Test func haveTheGradientOfFloat32() throws {
    let (x, w) = try matrices()
    func gradient(_ dtype: DType) throws -> Tensor {
      let leaf = try x.to(dtype).detach()
      try leaf.requireGradient()
      let y = try Autograd.withGradients { try leaf.linear(w.to(dtype)) }
      let seed = try Tensor((0..<12).map { Float($0 % 3) - 1 }, shape: [4, 3]).to(dtype)
      return try Autograd.gradients(of: [y], seeds: [seed], leaves: [leaf])[0].to(.float32)
    }
    #expect(try (gradient(.bfloat16) - gradient(.float32)).abs().max().item() < 0.02)
  }
}
