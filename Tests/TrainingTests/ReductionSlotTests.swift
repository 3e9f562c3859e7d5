import Testing

@testable import Training

@Suite struct ReductionSlotTests {
  @Test(arguments: [0, 1, 15, 16, 17, 5160, 100_003], [0, 1, 9])
  func slicesCoverTheVectorInWholeLines(floats: Int, doubles: Int) {
    let layout = SlotLayout(floats: floats, doubles: doubles)
    let memory = PrivateMemory(bytes: layout.stride)
    let slot = layout.slots(1, in: memory.bytes)[0]
    for count in [1, 2, 3, 8, 40] {
      let slices = layout.slices(count)
      for slice in slices where slice.layout.bytes > 0 { #expect(slice.offset % SlotLayout.alignment == 0) }
      for slice in slices {
        for index in slot[slice].floats.indices { slot[slice].floats[index] += 1 }
        for index in slot[slice].doubles.indices { slot[slice].doubles[index] += 1 }
      }
      #expect(slices.map(\.layout.floats).reduce(0, +) == floats)
      #expect(slices.map(\.layout.doubles).reduce(0, +) == doubles)
    }
    #expect(slot.floats.allSatisfy { $0 == 5 })
    #expect(slot.doubles.allSatisfy { $0 == 5 })
  }

  /// As recursive halving does: the last halves cover the vector too, also when there are more of them than lines.
  @Test(arguments: [0, 1, 15, 16, 17, 40, 5160], [0, 1, 9])
  func halvesOfHalvesCoverTheVector(floats: Int, doubles: Int) {
    let layout = SlotLayout(floats: floats, doubles: doubles)
    let memory = PrivateMemory(bytes: layout.stride)
    let slot = layout.slots(1, in: memory.bytes)[0]
    var parts = [(slot, layout)]
    for _ in 0..<4 {
      parts = parts.flatMap { part, layout in layout.slices(2).map { (part[$0], $0.layout) } }
      for (part, _) in parts {
        for index in part.floats.indices { part.floats[index] += 1 }
        for index in part.doubles.indices { part.doubles[index] += 1 }
      }
    }
    #expect(slot.floats.allSatisfy { $0 == 4 })
    #expect(slot.doubles.allSatisfy { $0 == 4 })
  }
}
