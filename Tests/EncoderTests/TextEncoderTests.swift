import Checkpoints
import Numerics
import Testing
import Tokenization

@testable import Encoder

/// Expected values were computed with transformers' `BertModel` in float32 on the weights of `TinyEncoder`.
@Suite struct TextEncoderTests {
    static let texts = ["The quick brown fox jumps over the lazy dog.", "Unaffable café!", ""]

    /// The means of the texts' hidden states.
    static let means: [[Double]] = [
        [
            0.665777, -1.333238, 0.570073, 0.536044, 0.863522, -0.000201, -0.707791, 1.074101, 0.300981, -1.176182,
            1.154263, 0.652611, 0.579762, -0.689505, -1.749853, 0.610848, 0.533513, -0.918242, -1.017596, 0.196450,
            -0.851735, 0.109397, 1.990285, -0.911383,
        ],
        [
            0.689794, -1.471888, 0.509039, 0.460097, 0.644608, -0.074342, -0.516488, 1.245241, 0.771236, -1.662829,
            0.974947, 0.654414, 0.281592, -0.660827, -1.863484, 0.262134, 0.452310, -1.393754, -0.723700, 1.094622,
            -0.641294, 0.326469, 2.115999, -0.809309,
        ],
        [
            0.501892, -1.742759, 0.674743, 0.328604, 0.457231, 0.001230, -0.808000, 1.380729, 0.841552, -2.253748,
            1.040805, 0.325152, -0.111261, -0.450161, -1.842919, 0.179155, 0.662457, -1.514027, -0.427867, 1.540359,
            -0.418560, -0.143391, 2.303022, -0.271487,
        ],
    ]

    /// The hidden states of the texts' last tokens.
    static let last: [[Double]] = [
        [
            0.277836, -0.778356, -0.614100, 0.471095, 1.652574, -0.182888, -0.948340, 2.015613, 1.043715, -2.128065,
            -0.223047, 0.460733, 0.284412, -1.074498, -1.367492, 0.178762, 0.504735, -0.884042, -1.101753, 0.713509,
            -0.407770, 0.247487, 2.369807, -0.313370,
        ],
        [
            0.902586, -1.861123, -0.208485, 0.672267, 0.418007, -0.090285, -0.005235, 0.950062, 1.360447, -1.399003,
            0.949197, 0.277916, 0.241755, -0.992848, -1.939898, 0.043237, 0.669104, -1.065606, -1.284599, 1.765424,
            -0.429778, 0.274868, 2.464457, -0.772879,
        ],
        [
            0.517326, -1.658979, 0.419609, 0.582557, 0.583823, -0.116322, -0.587480, 1.453449, 0.898349, -2.025791,
            1.052028, 0.172817, -0.485697, -0.494768, -1.813111, 0.043591, 0.892466, -1.443068, -0.602683, 1.334685,
            -0.307216, -0.262220, 2.459349, -0.426746,
        ],
    ]

    /// The mean of the first text cut to six tokens.
    static let cut: [Double] = [
        0.407717, -1.290077, 0.788457, 0.169677, 0.572633, -0.281926, -0.653785, 1.311214, 0.663419, -1.557926,
        1.143100, 0.624666, 0.380344, -0.447811, -2.000842, 0.767528, 0.125855, -1.312174, -0.737709, 0.934407,
        -0.618692, 0.006879, 2.281142, -0.702012,
    ]

    private func encoder(maxTokens: Int? = nil) throws -> TextEncoder {
        try TextEncoder(checkpoint: TinyEncoder.checkpoint(), tokenizer: TinyEncoder.tokenizer(), maxTokens: maxTokens)
    }

    private func deviation(_ values: Vector, _ expected: [Double]) -> Double {
        zip(values.array, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
    }

    @Test func embeddingsAreThoseOfTransformers() throws {
        let vectors = try encoder().embed(Self.texts)
        #expect(vectors.count == 3)
        for (vector, expected) in zip(vectors, Self.means) { #expect(deviation(vector, expected) < 1e-5) }
        #expect(deviation(try encoder(maxTokens: 6).embed([Self.texts[0]])[0], Self.cut) < 1e-5)
    }

    @Test func hiddenStatesAreThoseOfTransformers() throws {
        let weights = try BertWeights(TinyEncoder.checkpoint())
        var work = EncoderWorkspace(weights)
        var batch = BertForward.Batch()
        for text in Self.texts { batch.append(try TinyEncoder.tokenizer().encode(text)) }
        let hidden = BertForward(weights: weights).hiddenStates(batch, &work)
        for (end, expected) in zip(batch.starts.dropFirst(), Self.last) {
            #expect(deviation(hidden.row(Int(end) - 1), expected) < 1e-5)
        }
    }

    @Test(arguments: [1, 2, 3]) func aVectorDependsOnItsTextAlone(threads: Int) throws {
        let encoder = try encoder()
        let many = (0..<43).map { Self.texts[$0 % 3] + String(repeating: " fox", count: $0 / 3) }
        let together = encoder.embed(many, threads: threads)
        for (text, vector) in zip(many, together) { #expect(encoder.embed([text])[0].array == vector.array) }
        #expect(encoder.embed([], threads: threads).isEmpty)
    }

    @Test func theDigestIsThatOfWhateverDecidesAVector() throws {
        #expect(try encoder().digest == encoder(maxTokens: 16).digest)
        #expect(try encoder().digest != encoder(maxTokens: 15).digest)
        let cased = try WordPieceTokenizer(
            vocabulary: Array(TinyEncoder.vocabulary.utf8), options: Array(#"{"do_lower_case": false}"#.utf8))
        #expect(try TextEncoder(checkpoint: TinyEncoder.checkpoint(), tokenizer: cased).digest != encoder().digest)
    }

    @Test(arguments: [2, 17]) func textsTheEncoderCannotTakeAreRefused(maxTokens: Int) {
        let error = #expect(throws: CheckpointError.self) { try encoder(maxTokens: maxTokens) }
        #expect(error?.description.contains("takes from 3 to 16") == true)
    }
}
