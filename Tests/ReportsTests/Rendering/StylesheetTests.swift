import Foundation
import Testing

@testable import Reports

@Suite struct StylesheetTests {
    /// The colours of each scheme by name: light, dark, print.
    private static let schemes: [[String: Double]] = "\(Stylesheet.text)".components(separatedBy: ":root {").dropFirst()
        .map { block in
            var colours: [String: Double] = [:]
            for match in block.prefix(while: { $0 != "}" }).matches(of: #/--(\w+): #([0-9a-f]{6})/#) {
                colours[String(match.1)] = Self.luminance(String(match.2))
            }
            return colours
        }

    /// WCAG 2's relative luminance.
    private static func luminance(_ hex: String) -> Double {
        let value = Int(hex, radix: 16) ?? 0
        let parts = [value >> 16, value >> 8 & 255, value & 255].map { part -> Double in
            let share = Double(part) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    @Test func allTextCanBeRead() throws {
        #expect(Self.schemes.count == 3)
        for scheme in Self.schemes {
            for ground in ["page", "shade"] {
                let ground = try #require(scheme[ground])
                for name in ["ink", "soft", "s0", "s1", "s2", "s3", "s4", "s5"] {
                    let colour = try #require(scheme[name])
                    let contrast = (max(colour, ground) + 0.05) / (min(colour, ground) + 0.05)
                    #expect(contrast >= 4.5, "\(name): \(contrast)")
                }
            }
        }
    }
}
