// swift-tools-version: 6.1
import PackageDescription

// libtorch lives in .libtorch (Scripts/set-up puts or links it there). Its include and library paths come from a
// pkg-config file, so the library products carry no unsafe flags and can be depended upon like any other package;
// only the executables and the tests, which nobody depends upon, name the run path of the shared libraries.
let runPath: [LinkerSetting] = [
  .unsafeFlags(["-Xlinker", "-rpath", "-Xlinker", "\(Context.packageDirectory)/.libtorch/lib"])
]

// Fuzzing links libFuzzer, which brings a `main` of its own, so its program exists only where Scripts/fuzz asks for it.
let fuzzing: [Target] =
  Context.environment["ALPHAEDIT_FUZZING"] == nil
  ? []
  : [
    .executableTarget(
      name: "fuzz", dependencies: ["FuzzedReaders", "MadeUpWorld", "Torch"],
      swiftSettings: [.unsafeFlags(["-parse-as-library"])], linkerSettings: runPath)
  ]

let package = Package(
  name: "alphaedit",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "KnowledgeEditing", targets: ["KnowledgeEditing"]),
    .library(name: "LanguageModels", targets: ["LanguageModels"]),
    .library(name: "Checkpoints", targets: ["Checkpoints"]),
    .library(name: "Tokenization", targets: ["Tokenization"]),
    .library(name: "Torch", targets: ["Torch"]),
    .executable(name: "alphaedit", targets: ["alphaedit"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"),
  ],
  targets: [
    .systemLibrary(name: "CLibtorch", pkgConfig: "alphaedit-libtorch"),
    .systemLibrary(name: "CZlib"),
    .target(name: "CFileMap"),
    .target(name: "CTorch", dependencies: ["CLibtorch"]),
    .target(name: "Torch", dependencies: ["CTorch"]),
    .target(name: "StrictJSON"),
    .target(
      name: "Checkpoints",
      dependencies: ["CFileMap", "CZlib", "StrictJSON", .product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "Tokenization", dependencies: ["StrictJSON"]),
    .target(name: "LanguageModels", dependencies: ["Torch", "Checkpoints", "Tokenization"]),
    .target(
      name: "Ledger",
      dependencies: ["Checkpoints", "StrictJSON", .product(name: "GRDB", package: "GRDB.swift")]),
    .target(name: "KnowledgeEditing", dependencies: ["LanguageModels", "Ledger"]),
    .target(name: "Reports"),
    .target(name: "Experiments", dependencies: ["KnowledgeEditing", "Reports"]),
    .target(name: "MadeUpWorld", dependencies: ["StrictJSON"]),
    .executableTarget(
      name: "alphaedit",
      dependencies: [
        "Experiments", "KnowledgeEditing", "Ledger", "LanguageModels", "Checkpoints", "Tokenization", "Torch",
        "StrictJSON",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      resources: [.copy("Resources/demo")], linkerSettings: runPath),
    .executableTarget(
      name: "make-demo-model",
      dependencies: [
        "MadeUpWorld", "Experiments", "KnowledgeEditing", "LanguageModels", "Checkpoints", "Tokenization",
        "Torch",
        "StrictJSON", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      linkerSettings: runPath),
    .executableTarget(
      name: "make-random-model",
      dependencies: [
        "Experiments", "Checkpoints", "Tokenization", "Torch",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      linkerSettings: runPath),
    // What is done with bytes that nobody vouches for, by the fuzzer and by the tests of its corpus.
    .target(
      name: "FuzzedReaders",
      dependencies: [
        "Experiments", "KnowledgeEditing", "Ledger", "LanguageModels", "Checkpoints", "Tokenization", "Torch",
        "MadeUpWorld", "StrictJSON",
      ]),
    // What tests of several modules share; nothing else depends on it.
    .target(name: "TestSupport", dependencies: ["StrictJSON"], path: "Tests/TestSupport"),
    .testTarget(name: "TorchTests", dependencies: ["Torch"], linkerSettings: runPath),
    .testTarget(name: "StrictJSONTests", dependencies: ["StrictJSON"]),
    .testTarget(name: "CheckpointsTests", dependencies: ["Checkpoints", "TestSupport"]),
    .testTarget(name: "LedgerTests", dependencies: ["Ledger", "TestSupport"]),
    .testTarget(
      name: "TokenizationTests", dependencies: ["Tokenization", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(
      name: "LanguageModelsTests", dependencies: ["LanguageModels", "TestSupport"], exclude: ["Fixtures"],
      linkerSettings: runPath),
    .testTarget(
      name: "KnowledgeEditingTests", dependencies: ["KnowledgeEditing", "TestSupport"], exclude: ["Fixtures"],
      linkerSettings: runPath),
    .testTarget(
      name: "FuzzedReadersTests", dependencies: ["FuzzedReaders", "MadeUpWorld", "TestSupport"],
      linkerSettings: runPath),
    .testTarget(name: "ReportsTests", dependencies: ["Reports"]),
    .testTarget(
      name: "ExperimentsTests", dependencies: ["Experiments", "TestSupport"], linkerSettings: runPath),
    .testTarget(name: "MadeUpWorldTests", dependencies: ["MadeUpWorld", "StrictJSON"]),
    .testTarget(
      name: "CommandTests",
      dependencies: ["alphaedit", "Checkpoints", "Ledger", "StrictJSON", "TestSupport"],
      exclude: ["Fixtures"],
      linkerSettings: runPath),
  ] + fuzzing,
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx20
)
