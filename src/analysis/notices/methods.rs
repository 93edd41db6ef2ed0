//! Why a method leads, whose average it gives, and what its model came to.

use super::notice;
use crate::analysis::findings::{Notice, NoticeKind, Weighting};
use crate::analysis::plan::FEW_SCHOOLS;
use crate::impact::did::PROGRAM;
use crate::impact::mixed::{SCHOOL, STUDENT, Singularity};

/// Difference in differences leads, ANCOVA stands beside it.
pub fn did_and_ancova() -> Notice {
    notice(
        "A-METHOD-001",
        NoticeKind::Reason,
        "Karena kelompok sudah berbeda sebelum program, selisih perubahan (difference in differences) menjadi taksiran utama dan ANCOVA disajikan di sampingnya; keduanya mengandaikan hal yang berbeda tentang apa yang terjadi tanpa program, dan dua kali pengukuran tidak dapat menguji pengandaian itu.",
        "Because the groups differed before the programme, the difference in change (difference in differences) is the primary estimate and ANCOVA stands beside it; the two assume different things about what would have happened without the programme, and two waves cannot test either assumption.",
    )
}

/// Whose average the primary estimate is; `students_beside` where an estimate that gives every student the same weight
/// is listed too.
pub fn weighting(weighting: Weighting, students_beside: bool) -> Notice {
    let (code, id, en) = match weighting {
        Weighting::Schools if students_beside => (
            "A-METHOD-002",
            "Taksiran utama memberi bobot sama kepada setiap sekolah (rata-rata sekolah); taksiran yang memberi bobot sama kepada setiap siswa dicantumkan sebagai analisis kepekaan.",
            "The primary estimate gives every school the same weight (the average school); the estimate that gives every student the same weight is listed as a sensitivity check.",
        ),
        Weighting::Schools => (
            "A-METHOD-002",
            "Taksiran utama memberi bobot sama kepada setiap sekolah (rata-rata sekolah).",
            "The primary estimate gives every school the same weight (the average school).",
        ),
        Weighting::Persons => (
            "A-METHOD-003",
            "Taksiran utama memberi bobot sama kepada setiap siswa (rata-rata siswa).",
            "The primary estimate gives every student the same weight (the average student).",
        ),
        Weighting::Precision => (
            "A-METHOD-004",
            "Taksiran utama memberi bobot kepada setiap sekolah menurut ketelitiannya, n/(1 + (n − 1)ρ) untuk n siswa dengan kemiripan ρ di dalam sekolah: sekolah besar berbobot lebih, tetapi tidak sebanding dengan jumlah siswanya. Yang ditaksir terletak di antara rata-rata sekolah dan rata-rata siswa.",
            "The primary estimate weighs every school by its precision, n/(1 + (n − 1)ρ) for n students with likeness ρ within the school: large schools count more, but less than in proportion to their students. What is estimated lies between the average school and the average student.",
        ),
        Weighting::WithinSchools => (
            "A-METHOD-005",
            "Taksiran utama memberi bobot kepada setiap sekolah menurut keterangan yang dimuatnya tentang selisih di dalam sekolah, n·p·(1 − p) untuk n siswa dengan bagian p di kelompok program: sekolah besar dan sekolah yang kedua kelompoknya seimbang berbobot lebih.",
            "The primary estimate weighs every school by what it tells about the difference within it, n·p·(1 − p) for n students, a share p of them in the programme group: large schools and schools with balanced groups count more.",
        ),
    };
    notice(code, NoticeKind::Reason, id, en)
}

/// Students drawn within few schools.
pub fn few_schools_within(schools: usize) -> Notice {
    let noun = if schools == 1 { "school" } else { "schools" };
    notice(
        "A-FEW-004",
        NoticeKind::Refusal,
        format!(
            "Kelompok diundi di dalam {schools} sekolah (kurang dari {FEW_SCHOOLS}), sehingga interval berbasis uji-t tidak diberikan; yang disajikan hanya deskripsi dan uji permutasi siswa di dalam sekolah."
        ),
        format!(
            "The groups were drawn within {schools} {noun} (fewer than {FEW_SCHOOLS}), so no t-based interval is given; only a description and a permutation test of students within schools are shown."
        ),
    )
}

/// The roster has weights; `used` where an estimate with them is listed.
pub fn weights(used: bool) -> Notice {
    if used {
        return notice(
            "A-WEIGHT-001",
            NoticeKind::Reason,
            "Daftar peserta memuat bobot. Taksiran utama tidak memakainya; taksiran dengan bobot dicantumkan sebagai analisis kepekaan.",
            "The roster holds weights. The primary estimate does not use them; the weighted estimate is listed as a sensitivity check.",
        );
    }
    notice(
        "A-WEIGHT-002",
        NoticeKind::Caution,
        "Daftar peserta memuat bobot, tetapi tidak ada taksiran yang memakainya: taksiran berbobot hanya dibuat untuk peserta yang diukur dua kali di sekolah yang diketahui, dengan sekolah yang cukup banyak.",
        "The roster holds weights, but no estimate uses them: a weighted estimate is only made for participants measured twice in known schools, where there are schools enough.",
    )
}

/// A random effect of a mixed model that has no variance of its own. `waves` is the name of the model's term for a
/// school's wave.
pub fn singular(found: &Singularity, waves: &str) -> Notice {
    match found {
        Singularity::ZeroVariance { component } if component == PROGRAM => notice(
            "A-MODEL-001",
            NoticeKind::Caution,
            "Ragam selisih di antara kelompok antarsekolah ditaksir nol: data tidak menunjukkan bahwa selisih itu berbeda-beda antarsekolah, dan galat baku model campuran memperlakukannya sebagai sama di semua sekolah.",
            "The variance of the difference between the groups over schools is estimated at zero: the data do not show that the difference varies between schools, and the standard error of the mixed model takes it as the same in all of them.",
        ),
        Singularity::ZeroVariance { component } => {
            let (id, en) = match component.as_str() {
                SCHOOL => ("antarsekolah", "between schools"),
                STUDENT => ("antarsiswa", "between students"),
                name if name == waves => ("sekolah antarpengukuran", "of schools between waves"),
                name => (name, name),
            };
            notice(
                "A-MODEL-002",
                NoticeKind::Caution,
                format!(
                    "Ragam {id} dalam model campuran ditaksir nol; galat baku dan derajat bebasnya tidak memuat perbedaan itu."
                ),
                format!(
                    "The variance {en} in the mixed model is estimated at zero; its standard error and degrees of freedom do not hold that difference."
                ),
            )
        }
        Singularity::PerfectCorrelation { .. } => notice(
            "A-MODEL-003",
            NoticeKind::Caution,
            "Dalam model campuran, tingkat sekolah dan selisih di antara kelompok ditaksir berkorelasi sempurna: sekolah terlalu sedikit untuk membedakan keduanya, dan derajat bebasnya patut dibaca dengan hati-hati.",
            "In the mixed model, the level of the schools and the difference between the groups are estimated to be perfectly correlated: the schools are too few to tell the two apart, and its degrees of freedom are to be read with care.",
        ),
    }
}

/// The pair of level and difference could not be fitted together.
pub fn mixed_fallback() -> Notice {
    notice(
        "A-MODEL-004",
        NoticeKind::Caution,
        "Model campuran dengan kovarians antara tingkat sekolah dan selisih di antara kelompok tidak dapat ditaksir; yang disajikan ialah model dengan keduanya saling bebas.",
        "The mixed model with a covariance between the level of the schools and the difference between the groups could not be fitted; the model in which the two vary independently is shown.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn every_singularity_is_named_by_what_lacks_variance() {
        let zero = |name: &str| Singularity::ZeroVariance { component: name.to_owned() };
        let said = |found: &Singularity, lang| {
            let notice = singular(found, "school and wave");
            format!("{} {}", notice.code, notice.text.get(lang))
        };
        assert!(said(&zero(PROGRAM), Lang::En).starts_with("A-MODEL-001 The variance of the difference"));
        assert!(said(&zero(SCHOOL), Lang::Id).starts_with("A-MODEL-002 Ragam antarsekolah dalam"));
        assert!(said(&zero(STUDENT), Lang::En).contains("between students"));
        assert!(said(&zero("school and wave"), Lang::En).contains("of schools between waves"));
        let line = Singularity::PerfectCorrelation { slope: PROGRAM.to_owned() };
        assert!(said(&line, Lang::Id).starts_with("A-MODEL-003"));
    }
}
