import Checkpoints
import Torch

/// The nonlinearity of a feed-forward network, by its name in `config.json`.
enum Activation: String, CaseIterable {
  case gelu
  case geluNew = "gelu_new"
  case geluFast = "gelu_fast"
  case geluTanh = "gelu_pytorch_tanh"
  case relu
  case silu
  case swish

  /// Reads the name under `key`.
  init(_ file: ConfigurationFile, _ key: String, default fallback: Activation) throws {
    let name = try file.choice(key, of: Self.allCases.map(\.rawValue), default: fallback.rawValue)
    self = Activation(rawValue: name) ?? fallback
  }

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    switch self {
    case .gelu: try x.gelu()
    case .geluNew, .geluFast, .geluTanh: try x.geluTanh()
    case .relu: try x.relu()
    case .silu, .swish: try x.silu()
    }
  }
}
