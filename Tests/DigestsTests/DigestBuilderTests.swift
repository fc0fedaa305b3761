import Digests
import Testing

@Suite struct DigestBuilderTests {
    private func digest(_ domain: String = "test", _ add: (inout DigestBuilder) -> Void) -> Digest {
        var builder = DigestBuilder(domain)
        add(&builder)
        return builder.finish()
    }

    @Test func differentFieldListsDiffer() {
        let digests = [
            digest { _ in },
            digest("other") { _ in },
            digest { $0.add("") },
            digest { $0.add([UInt8]()) },
            digest { $0.add([Int32]()) },
            digest { $0.add([Float]()) },
            digest {
                $0.add("ab"); $0.add("c")
            },
            digest {
                $0.add("a"); $0.add("bc")
            },
            digest { $0.add("abc") },
            digest { $0.add(Array("abc".utf8)) },
            digest { $0.add(1) },
            digest { $0.add(-1) },
            digest { $0.add(UInt64(1)) },
            digest { $0.add(true) },
            digest { $0.add(false) },
            digest { $0.add([1] as [UInt8]) },
            digest { $0.add(1.0) },
            digest { $0.add(Float(1)) },
            digest { $0.add([1] as [Float]) },
            digest { $0.add([1] as [Int32]) },
            digest { $0.add([1, 1] as [Int32]) },
            digest { $0.add(0.0) },
            digest { $0.add(-0.0) },
            digest { $0.add(Double.nan) },
            digest { $0.add(Digest.zero) },
            digest { $0.add(Digest.zero.bytes) },
        ]
        #expect(Set(digests).count == digests.count)
    }

    @Test func equalFieldListsAgree() {
        let fields: (inout DigestBuilder) -> Void = {
            $0.add("prompt")
            $0.add([-1, 2] as [Int32])
            $0.add(Double.nan)
        }
        #expect(digest("x", fields) == digest("x", fields))
    }

    /// The framing is stored in every journal: it may never change.
    @Test func framingIsFixed() {
        var expected = StreamingDigest()
        expected.update([0, 1, 0, 0, 0, 0, 0, 0, 0, UInt8(ascii: "d")])
        expected.update([1, 2, 0, 0, 0, 0, 0, 0, 0, UInt8(ascii: "h"), UInt8(ascii: "i")])
        expected.update([3, 8, 0, 0, 0, 0, 0, 0, 0, 0xFE, 255, 255, 255, 255, 255, 255, 255])
        expected.update([8, 4, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0])
        let built = digest("d") {
            $0.add("hi")
            $0.add(-2)
            $0.add([7] as [Int32])
        }
        #expect(built == expected.finish())
    }
}
