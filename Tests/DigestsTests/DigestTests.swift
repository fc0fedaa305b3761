import Digests
import Testing

@Suite struct DigestTests {
    // FIPS 180-4 examples.
    static let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    static let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test func knownAnswers() {
        #expect(Digest.of("abc").description == Self.abc)
        #expect(Digest.of([]).description == Self.empty)
        #expect(
            Digest.of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").description
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(
            Digest.of([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)).description
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func bytesAndTextRoundTrip() {
        let digest = Digest.of("abc")
        #expect(Digest(bytes: digest.bytes) == digest)
        #expect(Digest(digest.description) == digest)
        #expect(Digest(Self.abc.uppercased()) == digest)
        #expect(digest.short == "ba7816bf8f01")
        #expect(Digest.zero.bytes == [UInt8](repeating: 0, count: 32))
    }

    @Test(arguments: ["", "ba78", abc + "0", "g" + abc.dropFirst(), " " + abc.dropFirst(), abc.dropLast() + "é"])
    func refusesOtherText(text: String) {
        #expect(Digest(text) == nil)
    }

    @Test(arguments: [0, 31, 33]) func refusesOtherCounts(count: Int) {
        #expect(Digest(bytes: [UInt8](repeating: 1, count: count)) == nil)
    }

    @Test func orderIsThatOfTheText() {
        let digests = (0..<64).map { Digest.of("\($0)") }
        #expect(digests.sorted().map(\.description) == digests.map(\.description).sorted())
    }
}
