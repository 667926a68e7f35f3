from __future__ import annotations

from edgernn.convert.diagnosis import diagnose_log

SELECT = (
    'loc(callsite(fused["StridedSlice:", "functional_1/attention_4/strided_slice_3@__inference_function_7"] at x)): '
    "error: 'tf.StridedSlice' op is neither a custom op nor a flex op\n"
    "error: failed while converting: 'main': \n"
    "TF Select ops: StridedSlice\n"
    "Details:\n"
)


def test_an_operator_without_a_kernel_is_named_with_its_layer():
    assert diagnose_log(SELECT).startswith(
        "StridedSlice has no native TensorFlow Lite operator in this form (in attention_4): a fixed length"
    )


def test_another_error_keeps_its_first_sentence():
    assert diagnose_log("noise\n<unknown>:0: error: something is wrong\nTraceback\nValueError: x\n") == (
        "something is wrong"
    )


def test_no_error_at_all():
    assert diagnose_log("one\ntwo\n\n") == "two"
    assert diagnose_log("\n") == "no message"
