import Dispatch
import Synchronization

/// `transform` of each element, computed on all cores, in the elements' order.
func concurrentMap<Element: Sendable, Result: Sendable>(
  _ elements: [Element], _ transform: @Sendable (Element) -> Result
) -> [Result] {
  let results = Mutex<[Result?]>(Array(repeating: nil, count: elements.count))
  DispatchQueue.concurrentPerform(iterations: elements.count) { position in
    let result = transform(elements[position])
    results.withLock { $0[position] = result }
  }
  return results.withLock { $0.compactMap { $0 } }
}
