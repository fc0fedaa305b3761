import CWire
import Glibc

// protobuf-c allocates one block per submessage and has no bound: one MiB of empty submessages takes 52 MiB. Here a message
// lives in an arena: allocations come from a few large blocks, are counted against a budget, and all go at once. Freeing
// single allocations does nothing, so a decode leaks nothing and frees nothing twice, whatever path it fails on.

/// Memory of one message on the C side.
@unsafe final class Arena {
    private var blocks: [UnsafeMutableRawPointer] = unsafe []
    private var cursor: UnsafeMutableRawPointer?
    private var remaining = 0
    private var left: Int

    /// An arena that refuses once `budget` bytes are given out.
    init(budget: Int) { unsafe left = budget }

    deinit {
        unsafe blocks.forEach { block in unsafe free(block) }
    }

    /// `nil` when the budget or the machine's memory is spent. Never zero bytes, always 16-byte aligned.
    func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        guard unsafe byteCount >= 0 && byteCount <= left else { return nil }
        let size = (Swift.max(byteCount, 1) + 15) & ~15
        if unsafe size > remaining {
            // Large requests get a block of their own and leave the current one in use.
            let own = size >= 1 << 16
            let blockSize = own ? size : Swift.max(size, unsafe blocks.isEmpty ? 1 << 12 : 1 << 16)
            guard let block = unsafe malloc(blockSize) else { return nil }
            unsafe blocks.append(block)
            unsafe left -= size
            if own { return unsafe block }
            unsafe cursor = unsafe block + size
            unsafe remaining = blockSize - size
            return unsafe block
        }
        guard let result = unsafe cursor else { return nil }
        unsafe cursor = unsafe result + size
        unsafe remaining -= size
        unsafe left -= size
        return unsafe result
    }

    /// protobuf-c's allocator interface to this arena, valid while `body` runs.
    func withAllocator<R>(_ body: (UnsafeMutablePointer<ProtobufCAllocator>) -> R) -> R {
        var allocator = unsafe ProtobufCAllocator(
            alloc: { context, size in
                guard let context = unsafe context, let size = Int(exactly: size) else { return nil }
                return unsafe Unmanaged<Arena>.fromOpaque(context).takeUnretainedValue().allocate(size)
            },
            free: { _, _ in },
            allocator_data: Unmanaged.passUnretained(self).toOpaque())
        return unsafe body(&allocator)
    }
}

extension Arena {
    /// Room for one C message, initialised by its generated function and then filled.
    func make<Message>(
        _ initialize: (UnsafeMutablePointer<Message>?) -> Void, _ fill: (inout Message) -> Void
    ) -> UnsafeMutablePointer<Message> {
        let message = unsafe room(for: Message.self, count: 1)
        unsafe initialize(message)
        unsafe fill(&message.pointee)
        return unsafe message
    }

    /// The array of pointers a repeated message field is in C.
    func list<Value, Message>(
        _ values: [Value], _ build: (Value) -> UnsafeMutablePointer<Message>
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<Message>?>? {
        guard !values.isEmpty else { return nil }
        let list = unsafe room(for: UnsafeMutablePointer<Message>?.self, count: values.count)
        for (index, value) in values.enumerated() {
            unsafe (list + index).initialize(to: build(value))
        }
        return unsafe list
    }

    /// A copy of numbers.
    func copy<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutablePointer<Element>? {
        guard !elements.isEmpty else { return nil }
        let copy = unsafe room(for: Element.self, count: elements.count)
        unsafe elements.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { unsafe copy.initialize(from: base, count: source.count) }
        }
        return unsafe copy
    }

    /// A copy of bytes as a protobuf-c `bytes` field.
    func bytes(_ bytes: [UInt8]) -> ProtobufCBinaryData {
        unsafe ProtobufCBinaryData(len: bytes.count, data: copy(bytes))
    }

    /// A copy of a string's UTF-8 as a protobuf-c `bytes` field.
    func text(_ text: String) -> ProtobufCBinaryData { unsafe bytes(Array(text.utf8)) }

    private func room<T>(for type: T.Type, count: Int) -> UnsafeMutablePointer<T> {
        guard let memory = unsafe allocate(MemoryLayout<T>.stride * count) else {
            preconditionFailure("out of memory while a message is encoded")
        }
        return unsafe memory.bindMemory(to: type, capacity: count)
    }
}
